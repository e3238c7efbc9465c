package asyncio4j.bridge.propagation;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A thread-local with an accessor that notes each change, and fails on demand. */
final class Recording implements ThreadLocalAccessor<String>, AutoCloseable {

    /** Which method throws; null for none. */
    volatile String failing;

    private final ThreadLocal<String> value = new ThreadLocal<>();

    private final String key;

    private final List<String> log;

    Recording(String key, List<String> log) {
        this.key = key;
        this.log = log;
        ContextRegistry.getInstance().registerThreadLocalAccessor(this);
    }

    Recording(String key) {
        this(key, new CopyOnWriteArrayList<>());
    }

    String present() {
        return value.get();
    }

    void change(String next) {
        value.set(next);
    }

    @Override
    public Object key() {
        return key;
    }

    @Override
    public String getValue() {
        fail("getValue");
        return value.get();
    }

    @Override
    public void setValue(String next) {
        log.add(key + "=" + next);
        fail("setValue");
        value.set(next);
    }

    @Override
    public void setValue() {
        log.add(key + " cleared");
        fail("setValue");
        value.remove();
    }

    @Override
    public void restore(String former) {
        log.add(key + " back to " + former);
        fail("restore");
        value.set(former);
    }

    @Override
    public void restore() {
        log.add(key + " back");
        fail("restore");
        value.remove();
    }

    private void fail(String method) {
        if (method.equals(failing)) {
            throw new IllegalArgumentException(key + "." + method);
        }
    }

    @Override
    public void close() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(key);
        value.remove();
    }
}
