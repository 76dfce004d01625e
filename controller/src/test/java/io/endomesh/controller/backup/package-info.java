@NullMarked
package io.endomesh.controller.backup;

import org.jspecify.annotations.NullMarked;
