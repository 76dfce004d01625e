package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, as each role, against a controller that asks for a login. */
class RolesTest {

  private static final String PASSWORD = "a mesh within the JVM";

  private static final String ROUTE =
      """
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: split, namespace: shop}
      spec:
        parentRefs: [{kind: Service, group: "", name: orders}]
        rules:
        - backendRefs: [{name: orders}]
      """;

  @TempDir Path directory;
  private Controller controller;

  private record Said(int exit, String out, String err) {}

  @BeforeEach
  void start() throws Exception {
    controller =
        Controller.start(
            new ControllerOptions(
                "127.0.0.1",
                0,
                null,
                directory.resolve("data"),
                "endomesh.local",
                Duration.ofSeconds(3),
                null,
                /* loginRequired= */ true));
    Files.writeString(directory.resolve("route.yaml"), ROUTE);
  }

  @AfterEach
  void stop() {
    controller.close();
  }

  /** As one user of the machine, who has a config file and logins of their own. */
  private Said run(String user, String input, String... arguments) throws Exception {
    Path home = Files.createDirectories(directory.resolve(user));
    Path config =
        Files.writeString(
            home.resolve("config.yaml"),
            "controller: http://127.0.0.1:" + controller.address().getPort() + "\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Endomesh.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(home.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ENDOMESH_"));
    builder.environment().put("ENDOMESH_CONFIG", config.toString());
    Process process = builder.start();
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), out, Files.readString(home.resolve("err")));
  }

  private Said asAdministrator(String input, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--token-file=" + directory.resolve("data/admin-token"));
    return run("root", input, all.toArray(String[]::new));
  }

  private void login(String user) throws Exception {
    Said said = run(user, PASSWORD + "\n", "login", "--user", user, "--password-stdin");
    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(said.out()).contains(" as " + user + " until ").doesNotContain("ems_");
  }

  @Test
  void command_asEachRole_doesWhatTheRoleMay_andSaysWhatItLacks() throws Exception {
    String route = directory.resolve("route.yaml").toString();
    assertThat(run("vera", "", "get", "services").exit()).isEqualTo(4);
    for (String[] user : new String[][] {{"vera", "viewer"}, {"otto", "operator"}}) {
      Said added =
          asAdministrator(
              PASSWORD + "\n", "user", "add", user[0], "--role", user[1], "--password-stdin");
      assertThat(added.exit()).as(added.err()).isZero();
      login(user[0]);
    }

    assertThat(run("vera", "", "get", "httproutes").exit()).isZero();
    Said applied = run("vera", "", "apply", "-f", route);
    assertThat(applied.exit()).isEqualTo(4);
    assertThat(applied.err()).isEqualTo("vera lacks the right 'apply'\n");

    assertThat(run("otto", "", "apply", "-f", route).exit()).isZero();
    Said users = run("otto", "", "user", "list");
    assertThat(users.exit()).isEqualTo(4);
    assertThat(users.err()).isEqualTo("otto lacks the right 'users'\n");
    assertThat(run("vera", "", "history").out()).contains("otto");

    Said promoted = asAdministrator("", "user", "role", "vera", "admin");
    assertThat(promoted.out()).isEqualTo("vera is admin\n");
    assertThat(run("vera", "", "user", "list").exit()).as("her session has ended").isEqualTo(4);
    login("vera");
    assertThat(run("vera", "", "user", "list").out()).contains("otto", "operator", "vera", "admin");
  }

  @Test
  void user_logout_endsTheSessionsOfThatPerson() throws Exception {
    String admin = "--token-file=" + directory.resolve("data").resolve("admin-token");
    run("root", PASSWORD, "user", "add", "kim", "--role=viewer", "--password-stdin", admin);
    login("kim");
    assertThat(run("root", "", "user", "list", admin).out()).containsPattern("kim +viewer.* 1 ");

    assertThat(run("root", "", "user", "logout", "kim", admin))
        .isEqualTo(new Said(0, "kim: 1 sessions ended\n", ""));

    assertThat(run("kim", "", "status").exit()).isNotZero();
  }

  @Test
  void login_keepsItsSessionForThisUserAlone_untilLogout() throws Exception {
    asAdministrator(PASSWORD, "user", "add", "vera", "--role=viewer", "--password-stdin");
    assertThat(run("vera", "a guess of mine\n", "login", "-u=vera", "--password-stdin").err())
        .contains("do not belong together");
    login("vera");
    Path logins = directory.resolve("vera/logins.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logins)))
        .isEqualTo("rw-------");
    String kept = Files.readString(logins);
    assertThat(run("vera", "", "get", "httproutes").exit()).isZero();

    assertThat(run("vera", "", "logout").exit()).isZero();

    assertThat(run("vera", "", "get", "httproutes").exit()).isEqualTo(4);
    Files.writeString(logins, kept);
    assertThat(run("vera", "", "get", "httproutes").exit()).as("it ended there too").isEqualTo(4);
  }

  @Test
  void apiToken_inAFile_doesWhatItsScopeSays() throws Exception {
    String route = directory.resolve("route.yaml").toString();
    Said made =
        asAdministrator("", "token", "api", "create", "--scope=apply:finance,read", "--ttl=PT1H");
    assertThat(made.exit()).as(made.err()).isZero();
    Path file = Files.writeString(directory.resolve("ci.token"), made.out());

    Said applied = run("ci", "", "apply", "-f", route, "--token-file=" + file);

    assertThat(applied.exit()).isEqualTo(4);
    assertThat(applied.err()).contains("lacks the right 'apply' in namespace shop");
    assertThat(run("ci", "", "get", "httproutes", "--token-file=" + file).exit()).isZero();
  }

  @Test
  void firstStart_printsALink_thatMakesTheFirstAccount() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Endomesh.class.getName(),
            "controller",
            "--port=0",
            "--login",
            "--data-dir=" + directory.resolve("first"));
    Process process =
        new ProcessBuilder(command).redirectError(directory.resolve("first.err").toFile()).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("First account ")) {
        line = out.readLine();
      }
      assertThat(line).as(Files.readString(directory.resolve("first.err"))).isNotNull();
      URI link = URI.create(line.replaceAll("^First account *(\\S+) .*", "$1"));
      HttpResponse<String> made =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(link.resolve("/setup"))
                      .header("x-endomesh-request", "test")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              "{\"ticket\":\""
                                  + link.getQuery().substring("ticket=".length())
                                  + "\",\"name\":\"anna\",\"password\":\""
                                  + PASSWORD
                                  + "\"}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(made.statusCode()).as(made.body()).isEqualTo(204);

      String at = "--controller=" + link.resolve("/");
      Said said = run("anna", PASSWORD, "login", "-u=anna", "--password-stdin", at);
      assertThat(said.exit()).as(said.err()).isZero();
      assertThat(run("anna", "", "user", "list", at).out()).contains("anna", "admin");
      assertThat(run("anna", "", "audit", "--user=anna", at).out()).contains("login", "127.0.0.1");
    } finally {
      process.destroyForcibly();
    }
  }
}
