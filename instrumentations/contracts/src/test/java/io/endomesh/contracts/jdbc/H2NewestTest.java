package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "H2, server mode", staged = "h2-2", release = Release.NEWEST)
@NotApplicable(
    promise = "connection_openedToReadOnly_goesToAReplica",
    reason = "the driver refuses properties it does not know; a reader's host does the same")
class H2NewestTest extends JdbcContract {

  private static final DriverVersion VERSION =
      new DriverVersion(H2NewestTest.class, "org.h2.Driver");

  @RegisterExtension static final SharedServer SERVER = Servers.h2(VERSION);

  private static final DatabaseUnderTest DATABASE = new H2(VERSION, SERVER);

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
