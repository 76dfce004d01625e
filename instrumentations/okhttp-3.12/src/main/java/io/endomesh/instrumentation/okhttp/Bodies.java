package io.endomesh.instrumentation.okhttp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import okhttp3.FormBody;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Which bodies of requests can be sent once more. From 3.14 on a body says so itself. Before, only
 * those of the library are known to write the same each time. Stateless.
 */
final class Bodies {

  private static final @Nullable MethodHandle ONE_SHOT = question("isOneShot");
  private static final @Nullable MethodHandle DUPLEX = question("isDuplex");

  /** The library's own classes for bytes, strings and files, without a name. */
  private static final String CREATED = RequestBody.class.getName() + "$";

  private Bodies() {}

  static boolean isReplayable(@Nullable RequestBody body) {
    if (body == null) {
      return true;
    }
    if (body instanceof MultipartBody several) {
      // Some versions do not ask the parts.
      return several.parts().stream().allMatch(part -> isReplayable(part.body()));
    }
    return ONE_SHOT == null
        ? body instanceof FormBody || body.getClass().getName().startsWith(CREATED)
        : !says(ONE_SHOT, body) && !says(DUPLEX, body);
  }

  private static @Nullable MethodHandle question(String name) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(RequestBody.class, name, MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException | IllegalAccessException older) {
      return null;
    }
  }

  private static boolean says(@Nullable MethodHandle question, RequestBody body) {
    try {
      return question != null && (boolean) question.invokeExact(body);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // Neither declares one.
    }
  }
}
