/** What can be wrong with a mesh while it runs. */
@NullMarked
package io.endomesh.controller.check;

import org.jspecify.annotations.NullMarked;
