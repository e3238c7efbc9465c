package asyncio4j.samples.bar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Chromium without a window. */
final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChromeDriver driver;

    Browser() {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "the page wasn't looked at: Chromium isn't here; install Debian's packages chromium"
                        + " and chromium-driver");
        var options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // refused to root with it
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--window-size=1440,900");
        var service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(new File(DRIVER.toString()))
                        .usingAnyFreePort()
                        .build();
        driver = new ChromeDriver(service, options);
    }

    void open(String address) {
        driver.get(address);
    }

    /** The first element there is of {@code css}. */
    WebElement find(String css) {
        return new WebDriverWait(driver, PATIENCE)
                .until(browser ->
                        browser.findElements(By.cssSelector(css)).stream()
                                .findFirst()
                                .orElse(null));
    }

    List<WebElement> findAll(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /** Waits until the text of {@code css} is as wanted, and tells it. */
    String text(String css, Predicate<String> wanted) {
        return new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> css + " never was as wanted, but: " + text(css))
                .until(_ -> wanted.test(text(css)) ? text(css) : null);
    }

    /** What {@code css} shows now. In one go: an element may be replaced at any time. */
    String text(String css) {
        return (String)
                driver.executeScript(
                        "return document.querySelector(arguments[0])?.innerText ?? ''", css);
    }

    void screenshot(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** What the page complained about in its console. */
    List<String> complaints() {
        return driver.manage().logs().get("browser").getAll().stream()
                .map(Object::toString)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
