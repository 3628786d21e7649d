package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

// noLimit stands for no limit of the length of a request id. Headers are bounded.
const noLimit = 65536

func (r *reader) readServed() {
	s := &r.settings.Served
	s.V1 = r.on(osloconf.Default, "enable_v1_registry") && !r.pipeline.withoutV1
	s.RPC = r.on(osloconf.Default, "enable_v2_registry") && !r.pipeline.withoutRPC
	if !s.V1 && !s.RPC {
		r.refuse("%s: enable_v1_registry and enable_v2_registry are both off; nothing would be served", r.in.File)
	}
	s.DefaultPage, _ = r.number(osloconf.Default, "limit_param_default", 1)
	s.MaxPage, _ = r.number(osloconf.Default, "api_limit_max", 1)
	if s.RequestID, _ = r.number(osloconf.Default, "max_request_id_length", 0); s.RequestID == 0 {
		s.RequestID = noLimit
	}
	if r.pipeline.limitsSize {
		s.Body, _ = r.number("oslo_middleware", "max_request_body_size", 1)
	}
	s.HealthPath, s.HealthFile = r.pipeline.healthPath, r.pipeline.healthFile
	if v := r.get(osloconf.Default, "data_api"); v.text != databaseAPI {
		r.refuse("%s: %s must be %s, the default: the gateway talks to the database itself", v.place(), v.name(), databaseAPI)
	}
}
