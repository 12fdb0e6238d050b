package bundle

import "time"

// serve notes what the engine has just taken.
func (f *Folder) serve(meta *Meta, packed []byte) {
	f.serving, f.tried = meta, attempt{}
	f.memory.Seen, f.memory.lastGood, f.unkept = meta.Seen, packed, true
	f.Log.Info("a policy bundle serves", "component", "policy", "revision", f.Engine.Revision())
}

// judge notes what is wrong, and says so when it changes.
func (f *Folder) judge(wrong Code) {
	was := f.wrong
	f.wrong = wrong
	switch wrong {
	case was:
	case "":
		f.Log.Info("the policy in its folder is well again", "component", "policy", "revision", f.Engine.Revision())
	default:
		f.refusals++
		f.Log.Error("the policy in its folder is refused, and what served before serves on: run hamyar policy check", "component", "policy", "code", string(wrong), "revision", f.Engine.Revision())
	}
}

// noteEvery is how often the memory is written for the time alone.
const noteEvery = time.Hour

// remember writes the memory: at once where it was given something new, and otherwise now and then.
func (f *Folder) remember(now time.Time) {
	if !f.unkept && now.Sub(f.noted) < noteEvery {
		return
	}
	failed := f.memory.keep() != nil
	if failed && !f.unwritten {
		f.Log.Error("HAMYAR_POLICY_STATE can't be written: after a restart an older bundle might be taken", "component", "policy")
	}
	f.unkept, f.unwritten, f.noted = failed, failed, now
}

// Why everything is denied.
const (
	switchedOff = Code("deny_all")
	tooOld      = Code("too_old")
)

// close denies everything where the switch is there, or where what serves could not be confirmed for too long.
func (f *Folder) close(switched bool, now time.Time) {
	why := Code("")
	switch {
	case switched:
		why = switchedOff
	case f.MaxAge > 0 && now.Sub(f.memory.Confirmed) > f.MaxAge:
		why = tooOld
	}
	f.Engine.Close(why != "")
	if why == f.closed {
		return
	}
	f.closed = why
	if why == "" {
		f.Log.Warn("policy is open again", "component", "policy", "revision", f.Engine.Revision())
		return
	}
	f.Log.Error("everything is denied until the policy's folder is mended", "component", "policy", "code", string(why), "revision", f.Engine.Revision())
}
