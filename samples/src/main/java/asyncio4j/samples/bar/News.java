package asyncio4j.samples.bar;

import java.util.List;

/**
 * What the live feed tells.
 *
 * @param totals the day's figures
 * @param progress of the orders that there is something new about
 */
record News(Totals totals, List<Progress> progress) {}
