package asyncio4j.samples.bar;

/**
 * The day's figures.
 *
 * @param orders how many orders were taken
 * @param served how many cups were served
 * @param takings in cents
 */
record Totals(int orders, int served, int takings) {

    Totals taken(int price) {
        return new Totals(orders + 1, served, takings + price);
    }

    Totals served(int cups) {
        return new Totals(orders, served + cups, takings);
    }
}
