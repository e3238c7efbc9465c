package asyncio4j.samples.bar;

/**
 * How far an order is.
 *
 * @param order the order
 * @param state what is being done
 * @param percent how much of it is done
 */
record Progress(Order order, String state, int percent) {}
