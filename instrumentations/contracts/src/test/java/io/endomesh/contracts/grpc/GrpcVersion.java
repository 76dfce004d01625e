package io.endomesh.contracts.grpc;

import io.endomesh.testkit.GrpcContract;
import io.endomesh.testkit.GrpcUnderTest;
import io.endomesh.testkit.LibraryLoader;
import io.endomesh.testkit.StagedLibrary;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The contract on one version and transport of gRPC. */
abstract class GrpcVersion extends GrpcContract {

  private static final String LIBRARY = "io.endomesh.contracts.grpc.library.";

  /** Loaded once for all tests of a class, as by an application. */
  private static final Map<Class<?>, LibraryLoader> LOADERS = new ConcurrentHashMap<>();

  private final GrpcUnderTest grpc;

  /**
   * @param transport name of the transport's jar
   */
  GrpcVersion(String transport) throws ReflectiveOperationException {
    String other = transport.equals("grpc-netty") ? "grpc-netty-shaded" : "grpc-netty";
    grpc =
        (GrpcUnderTest)
            LOADERS
                .computeIfAbsent(
                    getClass(),
                    test ->
                        new LibraryLoader(
                            StagedLibrary.of(test).classPath(jar -> !jar.equals(other + ".jar")),
                            LIBRARY))
                .loadClass(LIBRARY + "Grpc")
                .getConstructor()
                .newInstance();
  }

  @Override
  protected GrpcUnderTest grpc() {
    return grpc;
  }
}
