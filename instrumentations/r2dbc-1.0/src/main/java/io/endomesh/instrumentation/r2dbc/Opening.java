package io.endomesh.instrumentation.r2dbc;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.AttemptResult;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.database.ConnectRefusal;
import io.endomesh.dataplane.database.DatabaseFailure;
import io.endomesh.dataplane.identity.ClientTls;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.net.InetSocketAddress;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How a connection to a database of the mesh is opened. Thread-safe. */
record Opening(Call call, MeshFactory factory, Target target)
    implements AsyncCall.Exchange<Connection> {

  @Override
  public CompletableFuture<AttemptResult<Connection>> exchange(Attempt attempt) {
    InetSocketAddress address = attempt.endpoint().address();
    ClientTls tls = attempt.tls();
    if (tls != null) {
      R2dbcException refusal =
          new R2dbcNonTransientResourceException(
              ConnectRefusal.unproven(address, tls.expectedIdentity()), ConnectRefusal.REJECTED);
      attempt.abandoned(refusal);
      return CompletableFuture.failedFuture(refusal);
    }
    CompletableFuture<? extends Connection> opened =
        Mono.from(factory.at(address).create()).toFuture();
    CompletableFuture<AttemptResult<Connection>> result =
        opened.handle((connection, failure) -> ended(attempt, address, connection, failure));
    result.whenComplete(
        (value, failure) -> {
          if (result.isCancelled()) {
            opened.cancel(true);
            attempt.abandoned(failure);
          }
        });
    return result;
  }

  private AttemptResult<Connection> ended(
      Attempt attempt,
      InetSocketAddress address,
      @Nullable Connection connection,
      @Nullable Throwable failure) {
    if (connection != null) {
      attempt.connected();
      call.opened(null);
      return new AttemptResult.Delivered<>(
          ObservedConnection.of(connection, target, target.of(attempt.call().service(), address)));
    }
    String state = failure instanceof R2dbcException database ? database.getSqlState() : null;
    if (failure != null && isUnreachable(failure, state)) {
      // Nothing was executed on a connection that was not made: another endpoint may be tried.
      long delayNanos = attempt.failed(failure, /* sent= */ false);
      if (delayNanos != Attempt.DELIVER) {
        return new AttemptResult.Again<>(delayNanos);
      }
      call.opened(failure);
    } else if (failure instanceof R2dbcException) {
      // The server answered: a wrong password is wrong on every endpoint.
      attempt.connected();
      call.opened(DatabaseFailure.is(state) ? failure : null);
    } else {
      attempt.abandoned(failure);
    }
    throw failure instanceof CancellationException given ? given : new CompletionException(failure);
  }

  private static boolean isUnreachable(Throwable failure, @Nullable String state) {
    return DatabaseFailure.is(state) || DatabaseFailure.isUnreachable(failure);
  }

  @Override
  public CompletableFuture<Connection> reply(Reply reply) {
    ConnectRefusal refusal = ConnectRefusal.of(reply);
    if (!refusal.mayPass()) {
      return CompletableFuture.failedFuture(
          new R2dbcNonTransientResourceException(refusal.message(), refusal.sqlState()));
    }
    R2dbcException reason =
        new R2dbcTransientResourceException(refusal.message(), refusal.sqlState());
    if (refusal.noEndpoint() || (refusal.timedOut() && call.attempts() > 0)) {
      call.opened(reason);
    }
    return CompletableFuture.failedFuture(reason);
  }
}
