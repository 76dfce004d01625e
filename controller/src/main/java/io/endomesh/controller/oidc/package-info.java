/** OpenID Connect, as a relying party: whom a provider says somebody is. */
@NullMarked
package io.endomesh.controller.oidc;

import org.jspecify.annotations.NullMarked;
