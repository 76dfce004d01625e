package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.access.OidcOptions;
import io.endomesh.controller.access.RoleRule;
import io.endomesh.controller.oidc.ProviderOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A login by a real provider, on its own page, with a browser between the two. */
class OidcIT {

  private static @Nullable RealProvider provider;

  @TempDir Path dataDir;
  @TempDir Path profile;
  private Controller controller;
  private Browser browser;

  @BeforeAll
  static void startProvider() throws Exception {
    provider = RealProvider.start();
  }

  @AfterAll
  static void stopProvider() throws Exception {
    if (provider != null) {
      provider.close();
    }
  }

  @BeforeEach
  void open() {
    browser = Browser.open(profile);
  }

  @AfterEach
  void stop() {
    browser.close();
    controller.close();
  }

  private void start(String client, @Nullable Path secret) throws Exception {
    controller =
        Controller.start(
            ControllerOptions.onFreePort(dataDir)
                .loggingInBy(
                    new OidcOptions(
                        new ProviderOptions(provider.issuer, client, secret, Set.of("profile")),
                        "Acme",
                        List.of(
                            RoleRule.parse("groups=staff:viewer"),
                            RoleRule.parse("groups=admins:admin")))));
    provider.knows(url(""));
    browser.show(url("/login"));
    // The page asks once; the controller asks the provider in the background.
    new WebDriverWait(browser.driver, Duration.ofSeconds(20))
        .until(
            driver -> {
              browser.show(url("/login?next=/services"));
              browser.await(".provider");
              return !browser.driver.findElements(By.cssSelector(".provider a")).isEmpty();
            });
  }

  private String url(String path) {
    return "http://127.0.0.1:" + controller.address().getPort() + path;
  }

  private void logInThereAs(String name) {
    browser.await(".provider a").click();
    browser.await("input[name=username]").sendKeys(name);
    browser.await("input[name=password]").sendKeys(name + " at her desk", Keys.ENTER);
  }

  private void awaitUrl(String url) {
    new WebDriverWait(browser.driver, Duration.ofSeconds(20))
        .until(ExpectedConditions.urlToBe(url));
  }

  @Test
  void person_ofThePublicClient_isWhomTheProviderSays_untilTheLogoutOnBothSides() throws Exception {
    start("endomesh-public", null);
    assertThat(browser.accessibilityViolations()).isEmpty();

    logInThereAs("anna");

    browser.awaitText(".foot .user", "oidc:anna");
    assertThat(browser.await(".foot .user").getText()).contains("admin");
    awaitUrl(url("/services"));
    browser.show(url("/settings"));
    browser.awaitText("main", "Acme");
    assertThat(browser.accessibilityViolations()).isEmpty();
    browser.show(url("/audit"));
    browser.awaitText(".audit", "login.oidc");
    assertThat(browser.complaints()).allMatch(one -> one.contains(provider.issuer));

    browser.show(url("/settings"));
    browser.driver.findElement(By.xpath("//button[.='Sign out']")).click();
    awaitUrl(url("/login"));
    // The session at the provider is over, too: it asks again who this is.
    browser.await(".provider a").click();
    browser.await("input[name=username]");
  }

  @Test
  void person_ofAClientWithASecret_hasTheRoleOfTheirGroup_andWhoHasNoneIsTold() throws Exception {
    start(
        "endomesh",
        Files.writeString(dataDir.resolve("client-secret"), "a secret: of the client\n"));

    logInThereAs("guido");
    browser.awaitText(".provider [role=alert]", "none of your values of groups has one");
    assertThat(browser.driver.getCurrentUrl())
        .isEqualTo(url("/login?failed=role&next=%2Fservices"));
    assertThat(browser.accessibilityViolations()).isEmpty();

    // The provider knows the browser as guido's still.
    browser.driver.get(provider.issuer + "/login?logout");
    browser.driver.manage().deleteAllCookies();
    browser.show(url("/login"));
    logInThereAs("vera");
    browser.awaitText(".foot .user", "oidc:vera");
    assertThat(browser.await(".foot .user").getText()).contains("viewer");
  }
}
