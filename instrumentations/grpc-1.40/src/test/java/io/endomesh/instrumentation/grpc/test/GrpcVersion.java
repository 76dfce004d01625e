package io.endomesh.instrumentation.grpc.test;

import io.endomesh.testkit.GrpcContract;
import io.endomesh.testkit.GrpcUnderTest;
import io.endomesh.testkit.LibraryLoader;
import java.io.File;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The contract on one version and transport of gRPC. */
abstract class GrpcVersion extends GrpcContract {

  private static final String LIBRARY = "io.endomesh.instrumentation.grpc.test.library.";

  private final GrpcUnderTest grpc;

  /**
   * @param directory of all jars of that version
   * @param transport name of the transport's jar
   */
  GrpcVersion(String directory, String transport) throws ReflectiveOperationException {
    String other = transport.equals("grpc-netty") ? "grpc-netty-shaded" : "grpc-netty";
    File[] jars = new File(System.getProperty("grpc.directory"), directory).listFiles();
    String path =
        Arrays.stream(jars == null ? new File[0] : jars)
            .filter(jar -> !jar.getName().equals(other + ".jar"))
            .map(File::getPath)
            .collect(Collectors.joining(File.pathSeparator));
    grpc =
        (GrpcUnderTest)
            new LibraryLoader(path, LIBRARY)
                .loadClass(LIBRARY + "Grpc")
                .getConstructor()
                .newInstance();
  }

  @Override
  protected GrpcUnderTest grpc() {
    return grpc;
  }
}
