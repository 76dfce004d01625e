/** What uses Armeria; loaded anew for each version of it. */
@NullMarked
package io.endomesh.contracts.armeria.library;

import org.jspecify.annotations.NullMarked;
