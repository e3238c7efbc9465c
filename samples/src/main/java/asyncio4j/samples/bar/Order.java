package asyncio4j.samples.bar;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/**
 * An order that was taken.
 *
 * @param number its number
 * @param name for whom
 * @param drink what
 * @param cups how many
 * @param price for all of them, in cents
 */
record Order(int number, String name, Drink drink, int cups, int price) {

    /**
     * What a guest asks for.
     *
     * @param name for whom
     * @param drink what
     * @param cups how many
     */
    record Wish(
            @NotBlank(message = "Please say your name.")
                    @Size(max = 40, message = "Please keep your name below 40 letters.")
                    String name,
            @NotNull(message = "Please choose a drink.") Drink drink,
            @Min(value = 1, message = "One cup at least.")
                    @Max(value = 6, message = "Six cups at most: you have two hands.")
                    int cups) {}
}
