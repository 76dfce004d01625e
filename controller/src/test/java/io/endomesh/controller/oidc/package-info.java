/** What is believed of a provider. */
@NullMarked
package io.endomesh.controller.oidc;

import org.jspecify.annotations.NullMarked;
