package io.endomesh.controller;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.endomesh.controller.ca.CertificateAuthority;
import io.netty.util.AttributeKey;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the certificate of a caller once more, at each request: a connection outlives its
 * handshake, and a root or a certificate that was believed then may be so no longer. Whoever is not
 * believed goes on as a caller without a certificate, who may show a token; streams that are open
 * are ended. Thread-safe.
 */
final class ClientCertificates {

  private static final AttributeKey<String> DOUBT =
      AttributeKey.valueOf(ClientCertificates.class, "DOUBT");

  private static final String ANSWER = "io.endomesh.doubt";

  /**
   * What was found at a session.
   *
   * @param asked the answer holds as long as this is the state
   */
  private record Answer(Object asked, @Nullable String doubt) {}

  private final CertificateAuthority authority;
  private final Set<ServiceRequestContext> open = ConcurrentHashMap.newKeySet();

  ClientCertificates(CertificateAuthority authority) {
    this.authority = authority;
    authority.watch(this::askAgain);
  }

  /** To stand before all services. */
  Function<? super HttpService, ? extends HttpService> decorator() {
    return next ->
        new SimpleDecoratingHttpService(next) {
          @Override
          public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request)
              throws Exception {
            SSLSession session = ctx.sslSession();
            if (session != null && chain(session).length > 0) {
              look(ctx, session);
            }
            return unwrap().serve(ctx, request);
          }
        };
  }

  private void look(ServiceRequestContext ctx, SSLSession session) {
    String doubt = doubt(session);
    if (doubt != null) {
      ctx.setAttr(DOUBT, doubt);
      return;
    }
    open.add(ctx);
    ctx.log().whenComplete().thenRun(() -> open.remove(ctx));
    if (ctx.log().isComplete()) {
      open.remove(ctx);
    }
  }

  /** Why the certificate of the caller is not believed; null if it is, or there is none. */
  static @Nullable String doubt(ServiceRequestContext context) {
    return context.attr(DOUBT);
  }

  private void askAgain() {
    for (ServiceRequestContext ctx : open) {
      SSLSession session = ctx.sslSession();
      if (session != null && doubt(session) != null) {
        open.remove(ctx);
        ctx.cancel();
      }
    }
  }

  private @Nullable String doubt(SSLSession session) {
    Object now = authority.state();
    if (session.getValue(ANSWER) instanceof Answer answer && answer.asked() == now) {
      return answer.doubt();
    }
    String doubt = authority.doubt(chain(session));
    session.putValue(ANSWER, new Answer(now, doubt));
    return doubt;
  }

  /** Leaf first; empty if none was shown. */
  static X509Certificate[] chain(SSLSession session) {
    try {
      var all = session.getPeerCertificates();
      X509Certificate[] chain = new X509Certificate[all.length];
      System.arraycopy(all, 0, chain, 0, all.length);
      return chain;
    } catch (SSLPeerUnverifiedException none) {
      return new X509Certificate[0];
    }
  }
}
