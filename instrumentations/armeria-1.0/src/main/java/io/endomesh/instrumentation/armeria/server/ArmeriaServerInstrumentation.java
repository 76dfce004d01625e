package io.endomesh.instrumentation.armeria.server;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Armeria as a server: when a server starts and stops, what is in
 * front of all services of a virtual host, where the head of an answer leaves, and where a request
 * becomes the current one of a thread. Immutable. Its connections begin as those of Netty's codecs
 * do, which have an instrumentation of their own.
 */
public final class ArmeriaServerInstrumentation extends Instrumentation {

  private static final String SERVER = "com.linecorp.armeria.server.";
  private static final String PACKAGE = "io.endomesh.instrumentation.armeria.server.";

  @Override
  public String name() {
    return "armeria-server";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(SERVER + "Server").constructor().advice(PACKAGE + "ServerAdvice"),
        Weave.types(SERVER + "VirtualHostBuilder")
            .method("getRouteDecoratingService")
            .advice(PACKAGE + "DecoratorAdvice"),
        Weave.types(SERVER + "ServerHttp1ObjectEncoder", SERVER + "ServerHttp2ObjectEncoder")
            .method("doWriteHeaders")
            .takingAtLeast(5)
            .advice(PACKAGE + "HeadAdvice"),
        Weave.types(SERVER + "ServiceRequestContext")
            .method("push")
            .taking()
            .advice(PACKAGE + "PushAdvice"));
  }

  /** The part that is a client shares packages with it. */
  @Override
  public List<String> onlyWith() {
    return List.of(SERVER + "VirtualHostBuilder#getRouteDecoratingService");
  }
}
