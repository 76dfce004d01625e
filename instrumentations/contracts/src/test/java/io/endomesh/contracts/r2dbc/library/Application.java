package io.endomesh.contracts.r2dbc.library;

import io.endomesh.contracts.r2dbc.R2dbcUnderTest;
import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.time.Duration;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Uses whichever driver its URL names. */
public final class Application implements R2dbcUnderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public Session open(String url, String user, String password) throws Exception {
    ConnectionFactoryOptions options =
        ConnectionFactoryOptions.parse(url)
            .mutate()
            .option(ConnectionFactoryOptions.USER, user)
            .option(ConnectionFactoryOptions.PASSWORD, password)
            .build();
    return new Used(Mono.from(ConnectionFactories.get(options).create()).block(PATIENCE));
  }

  private record Used(Connection connection) implements Session {

    @Override
    public List<String> ask(String sql) {
      return read(connection.createStatement(sql).execute());
    }

    @Override
    public List<String> ask(String sql, String... values) {
      Statement statement = connection.createStatement(sql);
      for (int i = 0; i < values.length; i++) {
        statement.bind(i, values[i]);
      }
      return read(statement.execute());
    }

    private static List<String> read(Publisher<? extends Result> results) {
      return Flux.from(results).concatMap(Used::firstColumn).collectList().block(PATIENCE);
    }

    private static Publisher<String> firstColumn(Result result) {
      return result.map((row, metadata) -> String.valueOf(row.get(0)));
    }

    @Override
    public void each(String sql, String... values) {
      Statement statement = connection.createStatement(sql);
      for (int i = 0; i < values.length; i++) {
        if (i > 0) {
          statement.add();
        }
        statement.bind(0, values[i]);
      }
      read(statement.execute());
    }

    @Override
    public void batch(String... statements) {
      Batch batch = connection.createBatch();
      for (String sql : statements) {
        batch.add(sql);
      }
      read(batch.execute());
    }

    @Override
    public void giveUp(String sql) {
      Flux.from(connection.createStatement(sql).execute())
          .flatMap(Result::getRowsUpdated)
          .subscribe()
          .dispose();
    }

    @Override
    public String threadOf(String sql) {
      return Flux.from(connection.createStatement(sql).execute())
          .concatMap(result -> result.map((row, metadata) -> Thread.currentThread().getName()))
          .blockFirst(PATIENCE);
    }

    @Override
    public boolean isA(String type) throws ClassNotFoundException {
      return Class.forName(type, false, Application.class.getClassLoader()).isInstance(connection);
    }

    @Override
    public void close() {
      Mono.from(connection.close()).block(PATIENCE);
    }
  }
}
