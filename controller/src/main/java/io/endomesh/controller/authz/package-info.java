/** Who may call whom, told and changed. */
@NullMarked
package io.endomesh.controller.authz;

import org.jspecify.annotations.NullMarked;
