/** What was done to the controller, and what was refused: who, from where, when. */
@NullMarked
package io.endomesh.controller.audit;

import org.jspecify.annotations.NullMarked;
