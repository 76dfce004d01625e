package io.endomesh.controller.analyze;

import io.endomesh.controller.translate.Unreadable;
import java.util.List;

/** What is stored and cannot be read: of another version, or damaged. */
final class StoredCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (Unreadable unreadable : estate.model().unreadable()) {
      findings.add(
          new Finding(
              Code.EM0701,
              unreadable.key(),
              "",
              "cannot be read by this version: "
                  + unreadable.why()
                  + "; "
                  + unreadable.meanwhile()
                  + " until it is mended"));
    }
  }
}
