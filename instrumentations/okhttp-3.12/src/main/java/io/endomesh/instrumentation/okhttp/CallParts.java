package io.endomesh.instrumentation.okhttp;

import java.lang.reflect.Field;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * What a call was made of. No interface of the library tells it, but every version keeps it in
 * private fields of its own call. Immutable.
 *
 * @param listener of this very call
 */
record CallParts(OkHttpClient client, EventListener listener) {

  /** Null if it is none of the library's own calls. */
  static @Nullable CallParts of(Call call) {
    return FIELDS.get(call.getClass()).read(call);
  }

  private static final ClassValue<Fields> FIELDS =
      new ClassValue<>() {
        @Override
        protected Fields computeValue(Class<?> type) {
          return Fields.of(type);
        }
      };

  /**
   * @param through the object that has the listener, null for the call itself: between 3.14 and 4.3
   */
  private record Fields(@Nullable Field client, @Nullable Field through, @Nullable Field listener) {

    private static final String TRANSMITTER = "okhttp3.internal.connection.Transmitter";

    static Fields of(Class<?> call) {
      Field through = null;
      for (Field field : call.getDeclaredFields()) {
        if (field.getType().getName().equals(TRANSMITTER)) {
          through = field;
          field.setAccessible(true);
        }
      }
      return new Fields(
          find(call, OkHttpClient.class),
          through,
          find(through == null ? call : through.getType(), EventListener.class));
    }

    private static @Nullable Field find(Class<?> owner, Class<?> type) {
      for (Field field : owner.getDeclaredFields()) {
        if (field.getType() == type) {
          field.setAccessible(true);
          return field;
        }
      }
      return null;
    }

    @Nullable CallParts read(Call call) {
      if (client == null || listener == null) {
        return null;
      }
      try {
        Object owner = through == null ? call : through.get(call);
        return new CallParts((OkHttpClient) client.get(call), (EventListener) listener.get(owner));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e); // They were made accessible.
      }
    }
  }
}
