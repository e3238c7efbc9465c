package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClient;

import reactor.core.Disposable;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One client of {@link SoakTest}: one request after the other, over sockets that may vanish. */
final class SoakClient {

    /** How a client leaves. */
    private enum Leave {
        /** It reads up to the end. */
        FINISH,
        /** It closes its socket in the middle. */
        CLOSE,
        /** The same, and the server gets an RST. */
        RESET
    }

    /** What it does in turn or at random. */
    private static final int KINDS = 16;

    /** An answer that doesn't come in this time is lost; the machine may be busy. */
    private static final int LIMIT_MILLIS = 60_000;

    private final int port;

    private final WebClient webClient;

    private final Random random;

    private final AtomicLong requests;

    private final AtomicLong hangUps;

    SoakClient(int port, WebClient webClient, long seed, AtomicLong requests, AtomicLong hangUps) {
        this.port = port;
        this.webClient = webClient;
        this.random = new Random(seed);
        this.requests = requests;
        this.hangUps = hangUps;
    }

    /** Each kind of request once, up to its end and not. */
    void warmUp() throws Exception {
        for (int kind = 0; kind < KINDS; kind++) {
            for (Leave leave : Leave.values()) {
                one(kind, leave);
            }
        }
    }

    /** A request at random; half of the clients hang up. */
    void one() throws Exception {
        int leave = random.nextInt(4);
        one(
                random.nextInt(KINDS),
                leave == 0 ? Leave.CLOSE : leave == 1 ? Leave.RESET : Leave.FINISH);
    }

    private void one(int kind, Leave leave) throws Exception {
        switch (kind) {
            case 0 -> get("/combine/" + random.nextInt(100), 200, leave);
            case 1 -> get("/group/" + random.nextInt(100), 200, leave);
            case 2 -> get("/task", 200, leave);
            case 3 -> get("/forever", 0, leave == Leave.FINISH ? Leave.CLOSE : leave);
            case 4 -> get("/late", 504, leave);
            case 5 -> get("/fails", 409, leave);
            case 6 -> get("/rows?count=20&size=100&pause=1", 200, leave);
            case 7 -> get("/rows?count=200&size=20000&pause=0", 200, leave);
            case 8 -> get("/events?count=20&size=100&pause=1", 200, leave);
            case 9 -> get("/events?count=100000&size=10000&pause=0", 0, unfinished(leave));
            case 10 -> get("/relay?count=" + random.nextInt(1_000), 200, leave);
            case 11 -> get("/breaks", 0, leave);
            case 12 -> post("/sum", 1 + random.nextInt(200), leave);
            case 13 -> post(random.nextBoolean() ? "/add" : "/functional", 1, leave);
            case 14 -> webSocket(random.nextBoolean() ? "/socket" : "/ticker", leave);
            default -> cancelled(random.nextBoolean() ? "/forever" : "/combine/1");
        }
        requests.incrementAndGet();
    }

    /** For what has no end. */
    private static Leave unfinished(Leave leave) {
        return leave == Leave.FINISH ? Leave.RESET : leave;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A GET whose answer has the status {@code status}, or any if that is 0. */
    private void get(String path, int status, Leave leave) throws Exception {
        try (Socket socket = connect()) {
            write(
                    socket.getOutputStream(),
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            receive(socket, path, status, leave);
        }
    }

    /** A POST of so many rows, which may break off in the middle of its body. */
    private void post(String path, int rows, Leave leave) throws Exception {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            body.append("{\"number\":").append(i).append(",\"text\":\"posted\"}\n");
        }
        String type = rows == 1 ? "application/json" : "application/x-ndjson";
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    "POST "
                            + path
                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                            + type
                            + "\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n");
            if (leave != Leave.FINISH && random.nextBoolean()) {
                write(out, body.substring(0, random.nextInt(body.length())));
                pause();
                hangUp(socket, leave);
            } else {
                write(out, body.substring(0, body.length() / 2));
                if (random.nextBoolean()) {
                    pause();
                }
                write(out, body.substring(body.length() / 2));
                receive(socket, path, 200, leave);
            }
        }
    }

    /** Reads the answer, fast or slowly, up to its end or to a random place. */
    private void receive(Socket socket, String path, int status, Leave leave) throws Exception {
        if (leave != Leave.FINISH && random.nextInt(3) == 0) {
            if (random.nextBoolean()) {
                pause();
            }
            hangUp(socket, leave);
            return;
        }
        boolean slow = leave != Leave.FINISH && random.nextInt(4) == 0;
        long most = leave == Leave.FINISH ? Long.MAX_VALUE : 1 + random.nextInt(200_000);
        if (path.equals("/forever")) {
            most = 0;
            pause();
        }
        ByteArrayOutputStream start = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[slow ? 2_000 : 64 * 1024];
        for (long read = 0; read < most; ) {
            int count = read(in, buffer, path);
            if (count < 0) {
                break;
            }
            read += count;
            if (start.size() < 100) {
                start.write(buffer, 0, Math.min(count, 100));
            }
            if (slow) {
                pause();
            }
        }
        if (leave == Leave.FINISH) {
            String line = start.toString(StandardCharsets.US_ASCII).lines().findFirst().orElse("");
            if (status != 0 && !line.startsWith("HTTP/1.1 " + status)) {
                throw new AssertionError(path + " was answered by " + line);
            }
        } else {
            hangUp(socket, leave);
        }
    }

    private static int read(InputStream in, byte[] buffer, String path) throws IOException {
        try {
            return in.read(buffer);
        } catch (SocketException e) {
            if (path.equals("/breaks")) {
                return -1; // the server breaks off, in whichever way
            }
            throw e;
        }
    }

    /** Opens a WebSocket, talks a little, and closes it in order, or leaves at any place. */
    private void webSocket(String path, Leave leave) throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    "GET "
                            + path
                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            if (leave != Leave.FINISH && random.nextInt(4) == 0) {
                hangUp(socket, leave);
                return;
            }
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new AssertionError(path + " was answered by " + head);
            }
            int rounds = random.nextInt(6);
            for (int i = 0; i < rounds; i++) {
                if (path.equals("/socket")) {
                    frame(out, 1, "message " + i);
                }
                byte[] frame = frame(in);
                if (path.equals("/socket")
                        && !new String(frame, StandardCharsets.US_ASCII).equals("message " + i)) {
                    throw new AssertionError("the echo was wrong");
                }
            }
            if (leave != Leave.FINISH) {
                if (random.nextBoolean()) {
                    frame(out, 1, "unanswered");
                }
                hangUp(socket, leave);
                return;
            }
            frame(out, 8, "");
            while (frame(in) != null) {
                // what was under way
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the answer ended after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Sends a frame, under a mask of zeros. */
    private static void frame(OutputStream out, int code, String text) throws IOException {
        byte[] frame = new byte[6 + text.length()];
        frame[0] = (byte) (0x80 | code);
        frame[1] = (byte) (0x80 | text.length());
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, frame, 6, text.length());
        out.write(frame);
    }

    /** What the next frame holds; null if that closes, or at the end. */
    private static byte @Nullable [] frame(InputStream in) throws IOException {
        int code = in.read();
        if (code < 0) {
            return null;
        }
        int length = in.read();
        if (length == 126) {
            length = in.read() << 8 | in.read();
        }
        byte[] content = in.readNBytes(length);
        return (code & 0xf) == 8 ? null : content;
    }

    /** A request of WebClient that is cancelled, or answered just before. */
    private void cancelled(String path) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Disposable request =
                webClient
                        .get()
                        .uri(path)
                        .retrieve()
                        .bodyToMono(String.class)
                        .doFinally(_ -> over.countDown())
                        .subscribe();
        pause();
        request.dispose();
        hangUps.incrementAndGet();
        if (!over.await(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("a cancelled request didn't end");
        }
    }

    /** Some milliseconds: clients come, and go, at any time. */
    private void pause() {
        try {
            TimeUnit.MICROSECONDS.sleep(random.nextInt(8_000));
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException("interrupted", e));
        }
    }

    private void hangUp(Socket socket, Leave leave) throws IOException {
        hangUps.incrementAndGet();
        if (leave == Leave.RESET) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }
}
