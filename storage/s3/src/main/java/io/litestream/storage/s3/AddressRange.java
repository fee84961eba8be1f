package io.litestream.storage.s3;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.regex.Pattern;

/// A range of addresses, such as `10.0.0.0/8`, or one address. Nothing is looked up.
final class AddressRange {

    private static final Pattern LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*");

    private final byte[] network;
    private final int bits;

    private AddressRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /// Returns the range that a text is, or null if it is something else.
    static @Nullable AddressRange parse(String text) {
        String[] parts = text.split("/", 2);
        byte[] address = address(parts[0]);
        if (address == null) {
            return null;
        }
        int all = address.length * Byte.SIZE;
        if (parts.length == 1) {
            return new AddressRange(address, all);
        }
        boolean isNumber = parts[1].matches("[0-9]{1,3}");
        int bits = isNumber ? Integer.parseInt(parts[1]) : -1;
        return bits < 0 || bits > all ? null : new AddressRange(address, bits);
    }

    /// Tells whether the host is an address, and in the range.
    boolean contains(String host) {
        byte[] address = address(host);
        if (address == null || address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >>> (bit % Byte.SIZE);
            if (((address[bit / Byte.SIZE] ^ network[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte @Nullable [] address(String text) {
        if (!LITERAL.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(text).getAddress();
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
