/// Work without a lane: a text for an agent that runs once, in a fresh process and a folder of its
/// own, and leaves a result. Owns the table `job` and the folders of jobs. Each running job has a
/// virtual thread; who may run when is one lock's affair. It knows sessions only for their projects
/// and takes its turn among theirs through [Jobs.Gate].
@NullMarked
package dev.signalbox.job;

import org.jspecify.annotations.NullMarked;
