package io.endomesh.controller.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CheckPageTest {

  @Test
  void page_hasASectionForEachCodeAndNoOther() throws Exception {
    String page = Files.readString(Path.of("../docs/check.md"));
    Set<String> documented = new TreeSet<>();
    for (Matcher m = Pattern.compile("(?m)^### (EC\\d{4}) .*$").matcher(page); m.find(); ) {
      documented.add(m.group(1));
    }

    assertThat(documented)
        .containsExactlyElementsOf(Arrays.stream(CheckCode.values()).map(CheckCode::name).toList());
    for (CheckCode code : CheckCode.values()) {
      String head = "### " + code + " " + code.severity() + ": " + code.title() + "\n";
      assertThat(page).contains(head);
      String section = page.substring(page.indexOf(head) + head.length()).split("\n##")[0];
      assertThat(section).as(code.name()).contains("**Remedy**: ");
    }
  }
}
