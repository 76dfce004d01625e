/** Tests of the console's server side. */
@NullMarked
package io.endomesh.controller.console;

import org.jspecify.annotations.NullMarked;
