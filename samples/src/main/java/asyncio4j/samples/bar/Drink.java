package asyncio4j.samples.bar;

import com.fasterxml.jackson.annotation.JsonValue;

/** What is on the menu. */
enum Drink {
    ESPRESSO("Espresso"),
    CAPPUCCINO("Cappuccino"),
    CORTADO("Cortado"),
    FILTER("Filter coffee");

    private final String label;

    Drink(String label) {
        this.label = label;
    }

    /** What the page shows, and sends. */
    @JsonValue
    String label() {
        return label;
    }

    boolean hasMilk() {
        return this == CAPPUCCINO || this == CORTADO;
    }
}
