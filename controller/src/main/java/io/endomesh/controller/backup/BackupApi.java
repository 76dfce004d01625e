package io.endomesh.controller.backup;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.access.Access;
import io.endomesh.controller.access.Caller;
import io.endomesh.controller.access.Right;
import io.endomesh.controller.audit.AuditLog;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.seal.SealedDirectory;
import io.endomesh.controller.store.Item;
import io.endomesh.controller.store.ResourceStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out all that the controller has: {@code GET /api/v1/backup}. Thread-safe. */
public final class BackupApi implements ControllerPart {

  private static final Logger log = LoggerFactory.getLogger(BackupApi.class);

  /** Secrets change in a rotation, a few files in a minute: once more is enough. */
  private static final int TRIES = 5;

  private final ControllerContext context;
  private final AuditLog audit;

  public BackupApi(ControllerContext context, AuditLog audit) {
    this.context = context;
    this.audit = audit;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/backup")
  @Blocking
  public HttpResponse backup(ServiceRequestContext request) {
    Caller caller = Access.caller(request);
    if (!caller.may(Right.USERS) || !caller.may(Right.AUDIT)) {
      return forbidden(request, caller.name() + " lacks the rights 'users' and 'audit'");
    }
    boolean sealed = SealedDirectory.isSealed(context.options().dataDir());
    if (!sealed && caller.kind() != Caller.Kind.ADMIN_TOKEN) {
      // Whoever has that token can read the secrets where it lies; nobody else could by now.
      return forbidden(
          request,
          "the secrets of this controller are in clear (expected: --token-file with the admin token"
              + " of its data directory, or secrets that are sealed: `endomesh controller seal`)");
    }
    Moment moment;
    try {
      moment = moment();
    } catch (IOException e) {
      log.warn("no backup: {}", e.getMessage());
      return ApiErrors.unavailable(e);
    }
    audit.note(Access.actor(request).did("backup", sealed ? "sealed" : "in clear"));
    request.clearRequestTimeout();
    HttpResponseWriter response = HttpResponse.streaming();
    response.write(
        ResponseHeaders.of(
            HttpStatus.OK,
            HttpHeaderNames.CONTENT_TYPE,
            MediaType.GZIP,
            HttpHeaderNames.CACHE_CONTROL,
            "no-store"));
    request.blockingTaskExecutor().execute(() -> send(moment, sealed, response));
    return response;
  }

  private static HttpResponse forbidden(ServiceRequestContext request, String why) {
    Access.refused(request, "", why);
    return ApiErrors.response(HttpStatus.FORBIDDEN, "forbidden", why);
  }

  private record Moment(ResourceStore.Snapshot store, List<Item.Secret> secrets) {}

  /** The secrets beside the store did not change while the store was copied. */
  private Moment moment() throws IOException {
    Path dataDir = context.options().dataDir();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      List<Item.Secret> secrets = DataFiles.read(dataDir);
      ResourceStore.Snapshot snapshot = context.store().snapshot();
      if (DataFiles.read(dataDir).equals(secrets)) {
        return new Moment(snapshot, secrets);
      }
      snapshot.close();
    }
    throw new IOException("the secrets changed all the while (expected: try again)");
  }

  private void send(Moment moment, boolean sealed, HttpResponseWriter response) {
    // Closed as nothing but a whole backup: the reader sees the end of the stream as a failure.
    try (ResourceStore.Snapshot store = moment.store();
        BackupWriter writer =
            new BackupWriter(new Body(response), context.clock().instant(), sealed)) {
      for (Item.Secret secret : moment.secrets()) {
        writer.take(secret);
      }
      store.read(writer);
      writer.finish();
      response.close();
    } catch (IOException | RuntimeException e) {
      log.warn("a backup was broken off: {}", e.getMessage());
      response.close(e);
    }
  }

  /** As fast as the other side reads, so that not all of it is in memory. */
  private static final class Body extends OutputStream {

    private final HttpResponseWriter response;

    Body(HttpResponseWriter response) {
      this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (!response.tryWrite(HttpData.copyOf(bytes, offset, length))) {
        throw new InterruptedIOException("the other side is gone");
      }
      try {
        response.whenConsumed().join();
      } catch (CompletionException e) {
        throw new IOException("the other side is gone", e);
      }
    }
  }
}
