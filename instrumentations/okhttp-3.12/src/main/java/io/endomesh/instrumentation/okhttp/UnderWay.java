package io.endomesh.instrumentation.okhttp;

import io.endomesh.weaving.WeakIdentityMap;
import java.lang.ref.WeakReference;
import okhttp3.Call;

/**
 * What is to be broken off when the application cancels a call of its own. Thread-safe.
 *
 * <p>Nothing here holds a call whose answer is being read: an application may forget to close it.
 */
final class UnderWay {

  private static final WeakIdentityMap<Call, Runnable> BREAKING_OFF = new WeakIdentityMap<>();

  private UnderWay() {}

  /** The hop of a call begins; to be followed by {@link #reads} or {@link #ended}. */
  static void began(Call call, Runnable breakOff) {
    BREAKING_OFF.put(call, breakOff);
    if (call.isCanceled()) {
      breakOff.run();
    }
  }

  /** The application has the head of an answer, and reads on from the attempt. */
  static void reads(Call call, Call attempt) {
    // Its connection refers to the attempt, as long as there is something to read.
    WeakReference<Call> reading = new WeakReference<>(attempt);
    began(
        call,
        () -> {
          Call now = reading.get();
          if (now != null) {
            now.cancel();
          }
        });
  }

  static void ended(Call call) {
    BREAKING_OFF.remove(call);
  }

  static void cancelled(Call call) {
    Runnable breakOff = BREAKING_OFF.get(call);
    if (breakOff != null) {
      breakOff.run();
    }
  }
}
