package io.endomesh.contracts.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.HttpPathContract;
import io.endomesh.testkit.ServerUnderTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on one version of Jetty, and on which ambiguous paths it is told to route. */
public abstract class JettyPathContract extends HttpPathContract {

  private final String escapedSlash;
  private final String server;
  private final Object[] arguments;

  /**
   * @param escapedSlash what {@code /admin/a%2Fb} becomes; empty if it is refused
   * @param server binary name of a {@link ServerUnderTest}
   * @param arguments of its constructor: what it is told
   */
  protected JettyPathContract(String escapedSlash, String server, Object... arguments) {
    this.escapedSlash = escapedSlash;
    this.server = server;
    this.arguments = arguments.clone();
  }

  @Override
  protected final ServerUnderTest start() {
    return JettyCode.of(getClass()).make(ServerUnderTest.class, server, arguments);
  }

  /** Else the contract's vectors would show nothing: those it refuses itself reach nobody. */
  @ParameterizedTest
  @CsvSource({
    "/admin/x, /admin/x",
    "/./admin/x, /admin/x",
    "/public/../admin/x, /admin/x",
    "/%61dmin/x, /admin/x",
    "/admin;a=b/x, /admin/x",
    "/admin/x?/public, /admin/x",
    "http://localhost/admin/x, /admin/x",
    "/moved/x, /admin/x",
    "/admin, /admin",
    "/admin/, /admin/",
    "/ADMIN/x, ''",
    "/admin%00/x, ''",
    "/admin/%zz, ''",
  })
  void path_asItIsWritten_isRoutedByJettyAs(String target, String path) throws Exception {
    assertThat(ask(target).path()).isEqualTo(path);
  }

  @Test
  void slashThatIsEscaped_isRoutedByJettyAsItIsToldTo() throws Exception {
    assertThat(ask("/admin/a%2Fb").path()).isEqualTo(escapedSlash);
  }
}
