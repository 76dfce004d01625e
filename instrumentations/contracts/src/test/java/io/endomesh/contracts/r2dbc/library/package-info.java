/** What uses R2DBC, loaded anew with each version of a driver. */
@NullMarked
package io.endomesh.contracts.r2dbc.library;

import org.jspecify.annotations.NullMarked;
