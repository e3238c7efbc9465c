package asyncio4j.samples.bar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;

import java.io.IOException;
import java.nio.file.Path;

/** The page of {@code samples/run webflux}, in a real browser. */
@Timeout(180)
class BarPageIT {

    private ConfigurableApplicationContext application;

    private String address;

    @BeforeEach
    void start() {
        application = BarApplication.start(0);
        address =
                "http://127.0.0.1:"
                        + application.getEnvironment().getProperty("local.server.port")
                        + "/";
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void anOrderIsTakenMadeAndServedBeforeOnesEyes() throws IOException {
        try (var browser = new Browser()) {
            browser.open(address);
            browser.find(".drink input");
            assertThat(browser.findAll(".drink")).hasSize(Drink.values().length);
            browser.find("#live.on");

            browser.find("#order button").click();
            browser.text("#answer", "Please say your name."::equals);

            order(browser, "Ada", Drink.CAPPUCCINO, 2);
            browser.text("#answer", "Order 1: € 7.20. Thank you, Ada."::equals);
            browser.text("#order-1 .what", "2 × Cappuccino for Ada"::equals);
            browser.text("#tree", tree -> tree.contains("order 1") && tree.contains("brew 1"));
            order(browser, "Grace", Drink.ESPRESSO, 1);
            order(browser, "Barbara", Drink.CORTADO, 1);
            browser.text("#tree", tree -> tree.contains("brew 2") || tree.contains("brew 3"));
            browser.screenshot(Path.of("target", "screenshots", "bar.png"));

            browser.text("#order-1 .state", "ready"::equals);
            browser.text("#order-3 .state", "ready"::equals);
            assertThat(browser.text("#orders")).isEqualTo("3");
            assertThat(browser.text("#served")).isEqualTo("4");
            assertThat(browser.text("#takings")).isEqualTo("€ 12.50");
            browser.text("#tree", tree -> !tree.contains("order"));
            browser.screenshot(Path.of("target", "screenshots", "bar-ready.png"));
            assertThat(browser.complaints())
                    .allMatch(
                            complaint -> complaint.contains("/orders")); // the one that was refused
        }
    }

    private static void order(Browser browser, String name, Drink drink, int cups) {
        var field = browser.find("#name");
        field.clear();
        field.sendKeys(name);
        browser.findAll(".drink").stream()
                .filter(each -> each.getText().equals(drink.label()))
                .findFirst()
                .orElseThrow()
                .click();
        var count = browser.find("#cups");
        count.clear();
        count.sendKeys(String.valueOf(cups));
        browser.find("#order button").click();
        browser.text("#answer", answer -> answer.contains("Thank you, " + name));
    }
}
