package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WeakIdentityMapTest {

  private final WeakIdentityMap<Object, String> map = new WeakIdentityMap<>();

  @Test
  void get_equalButOtherKey_findsNothing() {
    String key = new String("key");
    map.put(key, "value");

    assertThat(map.get(key)).isEqualTo("value");
    assertThat(map.get(new String("key"))).isNull();
  }

  @Test
  void put_sameKeyAgain_replaces() {
    Object key = new Object();

    assertThat(map.put(key, "one")).isNull();
    assertThat(map.put(key, "two")).isEqualTo("one");
    assertThat(map.putIfAbsent(key, "three")).isEqualTo("two");
    assertThat(map.remove(key)).isEqualTo("two");
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void key_collected_entryGoes() {
    @Nullable Object key = new Object();
    map.put(key, "value");
    WeakReference<Object> reference = new WeakReference<>(key);
    key = null;

    // The collector alone decides when; a hint is all there is, repeated until it is taken.
    while (reference.get() != null || map.size() > 0) {
      System.gc();
    }
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void expungeAll_freesWhatAMapHoldsThatNobodyWritesTo() {
    map.put(new Object(), "value");

    while (!map.isEmpty()) {
      System.gc();
      WeakIdentityMap.expungeAll();
    }
    assertThat(map.isEmpty()).isTrue();
  }
}
