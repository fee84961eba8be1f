package io.litestream.storage.s3;

import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import java.net.URI;

/// How a request uses time, which decides when it is given up.
enum Patience {
    /// The answer is small, and comes soon after the last byte of the request.
    CALL,

    /// An object comes, and is read as fast as somebody wants it.
    DOWNLOAD,

    /// The server puts together an object of its parts, and may be silent meanwhile.
    ASSEMBLY;

    static Patience of(SdkHttpRequest request) {
        URI url = request.getUri();
        if (request.method() == SdkHttpMethod.POST && mayAssemble(url)) {
            return ASSEMBLY;
        }
        String query = url.getRawQuery();
        boolean lists =
                query != null && (query.contains("list-type=") || query.contains("uploads"));
        return request.method() == SdkHttpMethod.GET && !lists ? DOWNLOAD : CALL;
    }

    /// Tells whether a request to this URL may be one to put together an object: it names an
    /// upload, but no part of it.
    static boolean mayAssemble(URI url) {
        String query = url.getRawQuery();
        return query != null && query.contains("uploadId=") && !query.contains("partNumber=");
    }
}
