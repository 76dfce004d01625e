/** All of a controller in one file, and a controller made of such a file. */
@NullMarked
package io.endomesh.controller.backup;

import org.jspecify.annotations.NullMarked;
