package io.litestream.storage.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Makes sockets that speak TLS 1.2 or later, and can be closed while a write hangs.
///
/// Without a limit on lingering, closing waits for the write, which waits for the server.
final class TlsSockets extends SSLSocketFactory {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final int LINGER_SECONDS = 1;

    private final SSLSocketFactory sockets;

    TlsSockets(SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket() throws IOException {
        return prepared(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket under, String host, int port, boolean closesUnder)
            throws IOException {
        return prepared(sockets.createSocket(under, host, port, closesUnder));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return prepared(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
            throws IOException {
        return prepared(sockets.createSocket(host, port, from, fromPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return prepared(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
            throws IOException {
        return prepared(sockets.createSocket(host, port, from, fromPort));
    }

    private static Socket prepared(Socket socket) throws IOException {
        if (socket instanceof SSLSocket tls) {
            tls.setEnabledProtocols(PROTOCOLS);
        }
        socket.setSoLinger(true, LINGER_SECONDS);
        return socket;
    }
}
