package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {

  @Library(name = "JDK client")
  private static final class OfTheJdk {}

  @Library(name = "Tomcat NIO", staged = "tomcat-9")
  private static final class Oldest {}

  @Library(name = "Tomcat NIO", staged = "tomcat-10", release = Release.BETWEEN)
  private static final class Between {}

  @Library(name = "Tomcat NIO, set otherwise", staged = "tomcat-11", release = Release.NEWEST)
  private static final class Newest {}

  @Library(name = "Tomcat NIO2", staged = "tomcat-11", release = Release.NEWEST)
  private static final class NewestOfAnother {}

  @Library(name = "Helidon", staged = "helidon-4.0", jdk = 21)
  private static final class OldestOfANewerJdk {}

  @Library(name = "Helidon", staged = "helidon-4.5", release = Release.NEWEST, jdk = 21)
  private static final class NewestOfANewerJdk {}

  private static boolean includes(String words, String test) throws ClassNotFoundException {
    Class<?> type = Class.forName(SelectionTest.class.getName() + "$" + test);
    return new Selection(words).includes(type.getAnnotation(Library.class));
  }

  @ParameterizedTest
  @CsvSource({
    "oldest, OfTheJdk, true",
    "oldest, Oldest, true",
    "oldest, Between, false",
    "oldest, Newest, false",
    "most-used, OfTheJdk, true",
    "most-used, Oldest, false",
    "most-used, Between, false",
    "most-used, Newest, true",
    "most-used, NewestOfAnother, false",
    "oldest, OldestOfANewerJdk, true",
    "most-used, OldestOfANewerJdk, true",
    "most-used, NewestOfANewerJdk, false",
    "'oldest,most-used', Oldest, true",
    "'oldest,most-used', Newest, true",
    "'oldest,most-used', Between, false",
    "all, Between, true",
    "all, NewestOfAnother, true",
  })
  void includes_release_isWhatTheWordsSay(String words, String test, boolean included)
      throws ClassNotFoundException {
    assertThat(includes(words, test)).isEqualTo(included);
  }

  @ParameterizedTest
  @CsvSource({
    "OfTheJdk, true, true",
    "Oldest, true, false",
    "Newest, false, true",
    "Between, false, false",
    "NewestOfAnother, false, false",
    "OldestOfANewerJdk, true, true",
    "NewestOfANewerJdk, false, false",
  })
  void everyChange_runsTheOldestOnTheOldestJdk_theNewestOnTheNewest(
      String test, boolean on17, boolean on25) throws ClassNotFoundException {
    Library library =
        Class.forName(SelectionTest.class.getName() + "$" + test).getAnnotation(Library.class);

    assertThat(Selection.isOfEveryChange(library, 17)).isEqualTo(on17);
    assertThat(Selection.isOfEveryChange(library, 25)).isEqualTo(on25);
    assertThat(Selection.isOfEveryChange(library, 21)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "newest", "all,none"})
  void words_thatAreNone_areRefused(String words) {
    assertThatThrownBy(() -> new Selection(words))
        .hasMessage("contracts.versions: " + words + " (expected: all, oldest, most-used)");
  }
}
