/** R2DBC drivers under their contract. */
@NullMarked
package io.endomesh.contracts.r2dbc;

import org.jspecify.annotations.NullMarked;
