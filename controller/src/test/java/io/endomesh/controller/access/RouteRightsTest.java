package io.endomesh.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each route asks, held against what is served, what the page says, and what happens. */
@Timeout(120)
class RouteRightsTest {

  /** Writes the table of the page anew: {@code -Drights.write=true}. */
  private static final boolean WRITE = Boolean.getBoolean("rights.write");

  private static final Path PAGE = Path.of("../docs/access.md");

  private static final String BEGIN = "| route | right | viewer | operator | admin |\n";

  @TempDir Path dataDir;
  private Api api;

  @BeforeEach
  void start() throws Exception {
    api = Api.start(dataDir);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void routes_allThatAreServed_haveARight_andNoRightIsOfARouteThatIsNot() {
    List<String> unused = new ArrayList<>(RouteRights.table().keySet());
    for (String route : api.controller.routes()) {
      String method = route.substring(0, route.indexOf(' '));
      String pattern = route.substring(method.length() + 1);

      assertThat(RouteRights.of(HttpMethod.valueOf(method), pattern)).as(route).isPresent();
      unused.remove(route);
      unused.remove("* " + pattern);
    }
    assertThat(unused).isEmpty();
  }

  @Test
  void page_table_isWhatIsAsked() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf("\n\n", begin);
    if (WRITE) {
      Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end + 1));
    } else {
      assertThat(page.substring(begin, end + 1)).isEqualTo(table());
    }
  }

  private static String table() {
    StringBuilder rows = new StringBuilder(BEGIN + "| --- | --- | --- | --- | --- |\n");
    Map<String, Need> sorted = new TreeMap<>();
    RouteRights.table()
        .forEach((route, need) -> sorted.put(route.replaceAll(":([a-z]+)", "{$1}"), need));
    sorted.forEach(
        (route, need) -> {
          rows.append("| `").append(route).append("` | ").append(need.text()).append(" |");
          for (Role role : Role.values()) {
            boolean allowed =
                switch (need.who()) {
                  case ANYBODY, PERSON -> true;
                  case WORKLOAD -> false;
                  case ALLOWED -> role.rights().contains(need.right());
                };
            rows.append(allowed ? " yes |" : " |");
          }
          rows.append('\n');
        });
    return rows.toString();
  }

  /** The page is the oracle here: what it says, each role meets. */
  @Test
  void routes_eachOfTheApi_byEachRole_areServedOrRefusedAsThePageSays() throws Exception {
    Map<String, String> tokens = new TreeMap<>();
    for (Role role : Role.values()) {
      tokens.put(role.text(), api.user(role.text() + "-1", role.text()));
    }
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (String row :
        Files.readString(PAGE).lines().filter(l -> l.contains(" /api/v1/")).toList()) {
      String[] cells = row.split("\\|", -1); // "", route, right, viewer, operator, admin, ""
      String route = cells[1].trim().replace("`", "");
      int cell = 3;
      for (Role role : Role.values()) {
        boolean expected = cells[cell++].trim().equals("yes");
        asked++;
        if (isServed(tokens.get(role.text()), route) != expected) {
          wrong.add(route + " as " + role.text());
        }
      }
      asked++;
      if (isServed(null, route)) {
        wrong.add(route + " as nobody");
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(100);
  }

  private boolean isServed(@Nullable String token, String route) throws Exception {
    String method = route.substring(0, route.indexOf(' '));
    String path =
        route
            .substring(method.length() + 1)
            .replace("{namespace}", "shop")
            .replace("{plural}", "httproutes")
            .replaceAll("\\{[a-z]+}", "none");
    Api.Answer answer = api.send(token, method, path, method.equals("GET") ? "" : "{}");
    boolean refused =
        answer.status() == 401
            || (answer.status() == 403 && answer.body().contains("lacks the right"));
    assertThat(answer.status()).as(route).isLessThan(500);
    return !refused;
  }
}
