package io.endomesh.controller.browser;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Chromium without a window, with its own empty profile. Not thread-safe. */
final class Browser implements AutoCloseable {

  /** Where Debian's package puts it; the driver must not look for one on the network. */
  private static final File DRIVER = new File("/usr/bin/chromedriver");

  /** A slow machine that starts Chromium beside other builds; a healthy one needs a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  static Browser open(Path profile) {
    return open(profile, profile);
  }

  /**
   * @param downloads where files go that a page offers for download
   */
  static Browser open(Path profile, Path downloads) {
    ChromeOptions options = new ChromeOptions();
    options.setExperimentalOption(
        "prefs",
        Map.of(
            "download.default_directory",
            downloads.toString(),
            // Else it asks whether a jar is to be kept, of which the answer cannot be given here.
            "safebrowsing.enabled",
            true));
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriver driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).build(), options);
    driver.manage().window().setSize(new Dimension(1440, 960));
    return new Browser(driver);
  }

  /** What the operating system says of its theme: {@code light} or {@code dark}. */
  void prefer(String theme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
  }

  /** Opens a page and waits until it shows its first state. */
  void show(String url) {
    driver.get(url);
    await("[data-ready=true]");
  }

  WebElement await(String selector) {
    return new WebDriverWait(driver, PATIENCE)
        .until(ExpectedConditions.visibilityOfElementLocated(By.cssSelector(selector)));
  }

  void awaitText(String selector, String text, Duration atMost) {
    new WebDriverWait(driver, atMost, Duration.ofMillis(50))
        .until(
            ExpectedConditions.refreshed(
                ExpectedConditions.textToBePresentInElementLocated(
                    By.cssSelector(selector), text)));
  }

  void awaitText(String selector, String text) {
    awaitText(selector, text, PATIENCE);
  }

  /** Until there is nothing of it any more. */
  void awaitGone(String selector) {
    new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50))
        .until(ExpectedConditions.numberOfElementsToBe(By.cssSelector(selector), 0));
  }

  /**
   * What the page reported since the last call: warnings and errors, of the security policy too.
   */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Violations of accessibility rules on the page as it is now, one line each. */
  List<String> accessibilityViolations() {
    return new AxeBuilder()
        .analyze(driver).getViolations().stream().map(Browser::described).toList();
  }

  private static String described(Rule rule) {
    return rule.getId()
        + ": "
        + rule.getHelp()
        + " "
        + rule.getNodes().stream().map(node -> String.valueOf(node.getHtml())).toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
