/** Who may call whom, and whether callers have to prove who they are: told and changed. */
@NullMarked
package io.endomesh.controller.authz;

import org.jspecify.annotations.NullMarked;
