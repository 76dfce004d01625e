package io.endomesh.controller.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** A real controller that asks for a login, from the first account to the end of a session. */
class LoginIT {

  private static final String PASSWORD = "a mesh within the JVM";

  @TempDir Path dataDir;
  @TempDir Path profile;
  private Controller controller;
  private Browser browser;

  @BeforeEach
  void start() throws Exception {
    controller =
        Controller.start(
            new ControllerOptions(
                ControllerOptions.DEFAULT_HOST,
                0,
                null,
                dataDir,
                ControllerOptions.DEFAULT_TRUST_DOMAIN,
                ControllerOptions.DEFAULT_LEASE_TTL,
                null,
                /* loginRequired= */ true));
    browser = Browser.open(profile);
  }

  @AfterEach
  void stop() {
    browser.close();
    controller.close();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + controller.address().getPort() + path;
  }

  private String asAdministrator(String method, String path, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url(path)))
                .header(
                    "authorization",
                    "Bearer " + Files.readString(dataDir.resolve("admin-token")).trim())
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void firstAccount_byTheLinkOfTheStart_isInTheConsole_andLogsInAgain() {
    browser.show(url(controller.newSetupPath().orElseThrow()));
    browser.await("input[name=user]").sendKeys("anna");
    browser.await("input[name=new-password]").sendKeys(PASSWORD, Keys.ENTER);

    browser.awaitText(".foot .user", "anna");
    assertThat(browser.await(".foot .user").getText()).contains("admin");
    assertThat(browser.complaints()).isEmpty();

    browser.show(url("/settings"));
    browser.driver.findElement(By.xpath("//button[.='Sign out']")).click();
    browser.awaitText("h1", "Log in");
    browser.await("input[name=user]").sendKeys("anna");
    browser.await("input[name=password]").sendKeys("not the right one", Keys.ENTER);
    browser.awaitText("[role=alert]", "do not belong together");
    browser.await("input[name=password]").clear();
    browser.await("input[name=password]").sendKeys(PASSWORD, Keys.ENTER);
    browser.awaitText(".foot .user", "anna");
  }

  @Test
  void viewer_whoseRoleIsTaken_isAtTheDoorWithinTwoSeconds() throws Exception {
    asAdministrator(
        "POST",
        "/api/v1/users",
        "{\"name\":\"vera\",\"role\":\"viewer\",\"password\":\"" + PASSWORD + "\"}");
    browser.show(url("/login?next=/connect"));
    browser.await("input[name=user]").sendKeys("vera");
    browser.await("input[name=password]").sendKeys(PASSWORD, Keys.ENTER);
    browser.awaitText("main", "may not make join strings");
    assertThat(browser.driver.getCurrentUrl()).endsWith("/connect");
    assertThat(browser.complaints()).isEmpty();

    asAdministrator("DELETE", "/api/v1/users/vera", "");

    browser.awaitText("h1", "Your session has ended");
    assertThat(browser.accessibilityViolations()).isEmpty();
  }

  @Test
  void admin_addsAUser_whoGetsInByTheLink_andTheAuditLogTellsIt() {
    browser.show(url(controller.newLoginPath()));
    browser.show(url("/users"));
    browser.await("input[name=name]").sendKeys("vera", Keys.ENTER);
    browser.awaitText("main", "vera sets a password by this link");
    String link = browser.await("[aria-label='Link for vera']").getText();

    browser.show(url("/audit"));
    browser.awaitText(".audit", "user.create");
    browser.awaitText(".audit", "user/vera");
    assertThat(browser.await(".audit").getText()).contains("admin-token from 127.0.0.1");
    assertThat(browser.accessibilityViolations()).isEmpty();

    browser.show(link);
    browser.awaitText("h1", "Welcome vera");
    browser.await("input[name=new-password]").sendKeys(PASSWORD, Keys.ENTER);
    browser.awaitText(".foot .user", "vera");
    assertThat(browser.complaints()).isEmpty();
  }
}
