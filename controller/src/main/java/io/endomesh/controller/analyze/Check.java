package io.endomesh.controller.analyze;

import java.util.List;

/** Looks for one sort of mistake. Stateless. */
interface Check {

  void look(Estate estate, List<Finding> findings);
}
