package asyncio4j.bridge.spring;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One HTTP request over a socket that reads when it is told to, and may vanish. */
final class RawClient implements AutoCloseable {

    private final Socket socket = new Socket();

    private final InputStream in;

    private boolean chunked;

    /** How much of the chunk is still to be read; negative before the body, or without chunks. */
    private int left = -1;

    RawClient(Server server, String path, String accept) throws IOException {
        socket.setReceiveBufferSize(64 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        String request =
                "GET "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nAccept: "
                        + accept
                        + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The next line without its end, or null at the end of the response. */
    String line() throws IOException {
        String line = lineOf(this::next);
        if (line != null && line.equalsIgnoreCase("transfer-encoding: chunked")) {
            chunked = true;
        } else if (chunked && left < 0 && line != null && line.isEmpty()) {
            left = 0; // the body begins
        }
        return line;
    }

    private interface Source {

        int read() throws IOException;
    }

    private static String lineOf(Source source) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = source.read(); next != '\n'; next = source.read()) {
            if (next < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** The next byte of the headers, or of what the chunks hold. */
    private int next() throws IOException {
        if (left < 0) {
            return in.read();
        }
        while (left == 0) {
            String size = lineOf(in::read);
            if (size == null || size.equals("0")) {
                return -1;
            }
            left = size.isEmpty() ? 0 : Integer.parseInt(size, 16); // a chunk's own end is empty
        }
        left--;
        return in.read();
    }

    /** Reads up to the line that begins so, and returns that. */
    String lineWith(String start) throws IOException {
        for (String line = line(); line != null; line = line()) {
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new IOException("the response has ended, and no line began with " + start);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
