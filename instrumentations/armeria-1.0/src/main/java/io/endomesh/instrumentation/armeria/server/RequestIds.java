package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.common.HttpRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

/** The number of a request on its connection, which its package alone may ask for. Stateless. */
final class RequestIds {

  private static final MethodHandle ID = find();

  private RequestIds() {}

  private static MethodHandle find() {
    try {
      Method id =
          Class.forName(
                  "com.linecorp.armeria.server.DecodedHttpRequest",
                  /* initialize= */ false,
                  HttpRequest.class.getClassLoader())
              .getDeclaredMethod("id");
      id.setAccessible(true);
      return MethodHandles.lookup()
          .unreflect(id)
          .asType(MethodType.methodType(int.class, HttpRequest.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("DecodedHttpRequest.id: not there", e);
    }
  }

  static int of(HttpRequest request) {
    try {
      return (int) ID.invokeExact(request);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("DecodedHttpRequest.id", e);
    }
  }
}
