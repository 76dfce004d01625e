package io.endomesh.instrumentation.jetty;

import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.jspecify.annotations.Nullable;

/**
 * {@code HttpChannelState.onRequest}: HTTP/2 carries the scheme of the wire; the application is
 * shown that of its connector, as without the mesh. Stateless.
 */
public final class SchemeAdvice {

  private SchemeAdvice() {}

  /** Null leaves the request as it came. */
  @Advice.OnMethodEnter(inline = false, suppress = Throwable.class)
  @Advice.AssignReturned.ToArguments(
      @Advice.AssignReturned.ToArguments.ToArgument(value = 0, typing = Assigner.Typing.DYNAMIC))
  public static MetaData.@Nullable Request enter(
      @Advice.Argument(0) MetaData.Request request,
      @Advice.FieldValue("_connectionMetaData") ConnectionMetaData connection) {
    HttpURI uri = request.getHttpURI();
    return request.getHttpVersion() == HttpVersion.HTTP_2
            && request.getClass() == MetaData.Request.class // No CONNECT of a protocol.
            && HttpScheme.HTTPS.is(uri.getScheme())
            && MeshEndPoint.of(connection.getConnection().getEndPoint()) != null
        ? new MetaData.Request(
            request.getBeginNanoTime(),
            request.getMethod(),
            HttpURI.build(uri).scheme(HttpScheme.HTTP).asImmutable(),
            request.getHttpVersion(),
            request.getHttpFields(),
            request.getContentLength(),
            request.getTrailersSupplier())
        : null;
  }
}
