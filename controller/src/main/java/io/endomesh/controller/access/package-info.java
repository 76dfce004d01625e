/** Who may use the controller: users, roles, sessions, API tokens, and the rights of each route. */
@NullMarked
package io.endomesh.controller.access;

import org.jspecify.annotations.NullMarked;
