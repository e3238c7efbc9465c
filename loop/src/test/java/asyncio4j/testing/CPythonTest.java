package asyncio4j.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which tests of CPython's own suite a test shows the behaviour of; {@code
 * docs/conformance.md} lists them.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface CPythonTest {

    /**
     * The file and the test, as in {@code "test_locks::test_lock"}; with the class between them
     * where the file has several of that name, as in {@code "test_locks::LockTests::test_repr"}.
     */
    String[] value();
}
