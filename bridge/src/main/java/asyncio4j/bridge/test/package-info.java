/** For tests: one virtual time for a loop and for Reactor. Needs reactor-test. */
@org.jspecify.annotations.NullMarked
package asyncio4j.bridge.test;
